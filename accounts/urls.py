from django.urls import path

from accounts import (
    activation_views,
    admin_views,
    own_account,
    people_views,
    power_views,
    second_factor_views,
    sign_in,
)

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
    path("activate/", activation_views.activate_account, name="activate"),
    path("powers/", power_views.powers, name="powers"),
    path("people/", people_views.people, name="people"),
    path("people/slips/", people_views.slips, name="slips"),
    path("people/<int:pk>/", people_views.person, name="person"),
    path("people/<int:pk>/slip/", people_views.new_slip, name="new_slip"),
    path("people/<int:pk>/release/", people_views.release, name="release"),
    path("people/<int:pk>/second-factor/", people_views.second_factor, name="second_factor_reset"),
    path("people/<int:pk>/reopen/", people_views.reopen, name="reopen"),
    path("admin/", admin_views.admin_account, name="admin_account"),
    path("admin/<int:pk>/rotate/", admin_views.rotate, name="rotate"),
    path("admin/log/", admin_views.admin_log, name="admin_log"),
]
