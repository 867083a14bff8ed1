#!/bin/sh
# Superset's own tables and its first user, then the server. May be run again and again.
set -eu
superset db upgrade
superset fab create-admin --username admin --firstname Millrace --lastname Admin --email admin@example.com \
  --password "$SUPERSET_PASSWORD"
superset init
exec gunicorn --bind 0.0.0.0:8088 --workers 2 --worker-class gthread --threads 8 --timeout 120 "superset.app:create_app()"
