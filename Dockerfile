# One build, one image per process: `docker build --target scheduler|worker|dashboard|migrate .`

FROM node:24.19.0-bookworm-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY nest-cli.json tsconfig.json ./
COPY apps apps
COPY libs libs
COPY tools tools
RUN npm run build

FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

FROM base AS app
ENV NODE_ENV=production \
    BUDGETBUDDY_HTTP_HOST=0.0.0.0
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
USER node
STOPSIGNAL SIGTERM
# Live, not ready: an orchestrator replaces what is unhealthy, and a new process would not bring Redis back.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.HEALTH_URL).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

FROM app AS migrate
HEALTHCHECK NONE
CMD ["node", "dist/tools/migrate.js"]

FROM app AS dashboard
ENV BUDGETBUDDY_DASHBOARD_PORT=5555 \
    HEALTH_URL=http://127.0.0.1:5555/health/live
EXPOSE 5555
CMD ["node", "--enable-source-maps", "dist/apps/dashboard/src/main.js"]

# What is in flight lives as long as a transaction: with room for it (in MB), Node need not copy it about, and saves a fifth of its time. Without
# helpers V8 leaves the other cores to those who wait for them; and it guesses wrong what will live long.
# Unless it compacts, the pages that a worker needed when it read all that waits are not given back. And the less
# V8 inlines, the shorter it compiles when a storm begins, on a core for which all others wait. Measured: docs/profiles.md.
FROM app AS scheduler
ENV BUDGETBUDDY_SCHEDULER_PORT=3001 \
    HEALTH_URL=http://127.0.0.1:3001/health/live
EXPOSE 3001
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "--no-parallel-scavenge", "--v8-pool-size=1", "--no-allocation-site-pretenuring", "--compact-on-every-full-gc", "--max-inlined-bytecode-size-cumulative=250", "dist/apps/scheduler/src/main.js"]

FROM app AS worker
ENV BUDGETBUDDY_WORKER_PORT=3002 \
    HEALTH_URL=http://127.0.0.1:3002/health/live
EXPOSE 3002
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "--no-parallel-scavenge", "--v8-pool-size=1", "--no-allocation-site-pretenuring", "--compact-on-every-full-gc", "--max-inlined-bytecode-size-cumulative=250", "dist/apps/worker/src/main.js"]
