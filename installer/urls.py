"""URLs of the product."""

from __future__ import annotations

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from installer import health, metrics
from installer.console.codes import code_page, codes_page
from installer.console.kit import kit_page
from installer.console.login import SignInForm, login, password_change
from installer.console.preferences_page import preferences_page
from installer.console.texts import texts

# Pages of other apps first: ours replace some of them.
admin.autodiscover()
admin.site.login_form = SignInForm

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    # Before the admin's own, which count no attempts and leave no trace.
    path("admin/login/", login),
    path("admin/password_change/", admin.site.admin_view(password_change)),
    path("admin/preferences/", admin.site.admin_view(preferences_page), name="preferences"),
    # Anyone may choose the language of the sign-in page.
    path("admin/language/", set_language, name="language"),
    path("admin/codes/", admin.site.admin_view(codes_page), name="codes"),
    path("admin/codes/<str:code>/", admin.site.admin_view(code_page), name="code"),
    path(
        "admin/texts/<slug:language>/<slug:digest>.js",
        admin.site.admin_view(texts, cacheable=True),
        name="texts",
    ),
    path("console/kit/", admin.site.admin_view(kit_page), name="kit"),
    path("admin/", admin.site.urls),
    path("api/", include("installer.api.urls")),
    # Requested by browsers on plain text pages, such as a log.
    path("favicon.ico", RedirectView.as_view(url=static("console/favicon.svg"))),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]

handler404 = "installer.api.error_handlers.not_found"
handler500 = "installer.api.error_handlers.server_error"
