"""A person's own settings: language and password."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordChangeView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from staffroom.web.request import SignedInRequest


class ProfileForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As the browser asks")), *settings.LANGUAGES],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, initial={"language": request.user.language})
    if form.is_valid():
        request.user.language = form.cleaned_data["language"]
        request.user.save(update_fields=["language"])
        with translation.override(request.user.language or translation.get_language()):
            messages.success(request, gettext("Your settings were saved."))
        return redirect("profile")
    return render(request, "site/profile.html", {"form": form})


class ChangePassword(PasswordChangeView):  # type: ignore[misc]  # allauth has no annotations
    """The person's own password; other sessions of the person end. Who has none finds no page."""

    template_name = "site/change_password.html"
    success_url = reverse_lazy("profile")

    def dispatch(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_usable_password():
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]  # as above


change_password = ChangePassword.as_view()
