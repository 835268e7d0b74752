"""The project's settings as the tests need them: a sandbox, with accounts of nobody."""

import os

os.environ["KINDLINE_SANDBOX"] = "1"
os.environ["DEBUG"] = "0"
os.environ["PUBLIC_BASE_URL"] = "http://testserver"
os.environ["PLIVO_AUTH_ID"] = "MATESTTESTTESTTESTTE"
os.environ["PLIVO_AUTH_TOKEN"] = "not-a-secret-only-for-tests"
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from contactcenter.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
