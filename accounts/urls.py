from django.urls import path

from accounts import overview_views, power_views, sign_in

app_name = "accounts"
urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("overview/", overview_views.overview, name="overview"),
    path("powers/", power_views.powers, name="powers"),
]
