"""Logging in."""

from __future__ import annotations

from django.contrib.auth.views import LoginView


class LogIn(LoginView):
    """Who is logged in already goes on to where they wanted to be."""

    template_name = "sightings/login.html"
    redirect_authenticated_user = True
