// The interactive documentation at /docs: Swagger UI from our own files, with our own document; nothing from elsewhere.

import type { FastifyInstance } from "fastify";
import swaggerUi from "@fastify/swagger-ui";
import type { OpenApiDocument } from "./openapi.ts";

/** Only what the page itself brings; it may call nothing but this server. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export async function registerDocs(app: FastifyInstance, document: () => OpenApiDocument): Promise<void> {
  app.addHook("onRoute", (route) => {
    route.config = { ...route.config, isOpen: true };
  });
  await app.register(provider(document));
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: contentSecurityPolicy,
    uiConfig: {
      docExpansion: "list",
      deepLinking: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
    },
    theme: { title: "Rota API" },
  });
}

/**
 * Swagger UI asks for a plugin of this name, which would make a document from fastify's own schemas. Ours comes from
 * the catalogue, so this stands in its place. The symbols are how fastify plugins name themselves.
 */
function provider(document: () => OpenApiDocument) {
  const plugin = async (app: FastifyInstance): Promise<void> => {
    app.decorate("swagger", document);
  };
  return Object.assign(plugin, {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "@fastify/swagger",
    [Symbol.for("plugin-meta")]: { name: "@fastify/swagger", fastify: "5.x" },
  });
}
