from django.urls import path

from accounts import confirmation, idle_views, sign_in

app_name = "accounts"
urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("unlock/", idle_views.unlock, name="unlock"),
    path("lock/", idle_views.lock, name="lock"),
    path("seen/", idle_views.seen, name="seen"),
    path("confirm/", confirmation.confirm, name="confirm"),
]
