# syntax=docker/dockerfile:1
# Two images come out of this file: `portal` (web, worker, beat, migrate) and `proxy` (nginx with the same static files).

FROM node:24-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-progress

FROM python:3.11-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN apt-get update \
    && apt-get install -y --no-install-recommends gettext \
    && rm -rf /var/lib/apt/lists/* \
    && pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev
COPY . .
COPY --from=assets /app/node_modules node_modules
# Settings of the embedded mode: nothing secret is needed to collect files, and none ends up in the image.
RUN MODE=embedded DATA_DIR=/tmp/build STATIC_ROOT=/app/staticfiles sh -c '\
        for po in locale/*/LC_MESSAGES/*.po; do msgfmt --check-format -o "${po%.po}.mo" "$po"; done \
        && .venv/bin/python manage.py collectstatic --noinput --verbosity 0' \
    && rm -rf /tmp/build

FROM python:3.11-slim-bookworm AS portal
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 portal \
    && useradd --uid 10001 --gid portal --home-dir /data --no-create-home --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal /data /data/files
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=aoce.settings \
    MODE=production \
    DATA_DIR=/data \
    MEDIA_ROOT=/data/files \
    STATIC_ROOT=/app/staticfiles \
    BIND=0.0.0.0:8000
USER portal
EXPOSE 8000
CMD ["gunicorn", "-c", "aoce/gunicorn.py", "aoce.wsgi"]

FROM nginx:1.28-bookworm AS proxy
# Private files belong to the portal's group; nginx reads them as a member of it.
RUN groupadd --gid 10001 portal \
    && usermod --append --groups portal nginx \
    && install -d -o 10001 -g portal /data/files
ENV NGINX_ENVSUBST_FILTER=^PORTAL_ \
    PORTAL_HTTP_PORT=80 \
    PORTAL_HTTPS_PORT=443 \
    PORTAL_SERVER_NAME=_ \
    PORTAL_WEB=web:8000 \
    PORTAL_RESOLVER=127.0.0.11 \
    PORTAL_STATIC_DIR=/srv/static \
    PORTAL_FILES_DIR=/data/files \
    PORTAL_TLS_DIR=/etc/nginx/tls \
    PORTAL_ACME_DIR=/srv/acme \
    PORTAL_MAX_BODY=110m
COPY --from=build /app/staticfiles /srv/static
COPY deploy/nginx.conf.template /etc/nginx/templates/default.conf.template
