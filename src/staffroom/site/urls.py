"""Every address of the site: this room's pages, then each room's own."""

from __future__ import annotations

from allauth.account import views as allauth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from staffroom.site.health import health
from staffroom.site.home import home
from staffroom.site.profile import change_password, profile
from staffroom.site.search import search
from staffroom.site.session import session_alive
from staffroom.web.components import components
from staffroom.web.faces import page_urls

handler400 = "staffroom.site.errors.bad_request"
handler403 = handler404 = "staffroom.site.errors.not_found"
handler500 = "staffroom.site.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    *page_urls("", home, name="home"),
    *page_urls("search/", search, name="search"),
    path("health", health, name="health"),
    path("session/", session_alive, name="session"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("sign-in/", allauth_views.login, name="account_login"),
    path("sign-out/", allauth_views.logout, name="account_logout"),
    path("profile/", profile, name="profile"),
    path("profile/password/", change_password, name="account_change_password"),
    *page_urls("developers/components/", components, name="components"),
    path("", include("staffroom.courses.urls")),
    path("", include("staffroom.registry.urls")),
    path("", include("staffroom.students.urls")),
    path("", include("staffroom.operations.urls")),
]
