"""WSGI entry for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from installer.environment import keep_files_private

keep_files_private()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "installer.settings")
application = get_wsgi_application()
