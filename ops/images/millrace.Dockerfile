# Every service of Millrace: `docker run millrace ingest-api`, `loader`, …; without a verb it lists them.
FROM node:22.21-bookworm-slim AS build
WORKDIR /app
COPY . .
# Optional packages are the embedded Postgres and the tools for older versions of Node: a container has neither. Scripts
# of packages would only fetch some of them again.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:22.21-bookworm-slim
ENV NODE_ENV=production BIND_HOST=0.0.0.0
WORKDIR /app
# Owned by root: the service can read its code and not change it.
COPY --from=build /app /app
USER 1000
ENTRYPOINT ["node", "services/cli/bin/millrace.mjs"]
CMD ["--help"]
