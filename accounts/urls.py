from django.urls import path

from accounts import access_log_views, own_account, power_views, second_factor_views, sign_in

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
    path("access-log/", access_log_views.access_log, name="access_log"),
    path("access-log/excel/", access_log_views.access_log_file, name="access_log_file"),
    path("powers/", power_views.powers, name="powers"),
]
