from django.urls import path

from accounts import guide_views, own_account, power_views, second_factor_views, sign_in, training_views

app_name = "accounts"
urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("login/code/", second_factor_views.code, name="code"),
    path("login/recovery-code/", second_factor_views.recovery_code, name="recovery_code"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("me/", own_account.me, name="me"),
    path("password/", own_account.password, name="password"),
    path("second-factor/set-up/", second_factor_views.set_up, name="second_factor_set_up"),
    path("second-factor/codes/", second_factor_views.renew_codes, name="second_factor_codes"),
    path("second-factor/remove/", second_factor_views.remove, name="second_factor_remove"),
    path("sessions/", own_account.session_list, name="sessions"),
    path("sessions/<int:session_id>/end/", own_account.end_session, name="session_end"),
    path("sessions/end-others/", own_account.end_other_sessions, name="sessions_end_others"),
    path("powers/", power_views.powers, name="powers"),
    path("guides/", guide_views.guides, name="guides"),
    path("guides/<str:role>/", guide_views.guide, name="guide"),
    path("training/", training_views.training, name="training"),
    path("training/people/<int:pk>/", training_views.training_person, name="training_person"),
    path("training/<int:pk>/cancel/", training_views.training_cancel, name="training_cancel"),
]
