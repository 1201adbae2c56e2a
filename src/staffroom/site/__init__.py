"""The assembled Django project: settings, urls, home, sign-in, health."""
