# Superset's own image has no driver for Postgres.
FROM apache/superset:6.0.0
USER root
RUN uv pip install --no-cache psycopg2-binary==2.9.11
USER superset
