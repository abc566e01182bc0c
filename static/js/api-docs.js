// Starts Swagger UI on our own schema. The token stays in this tab and leaves with it.
"use strict";
(() => {
  const place = document.getElementById("swagger-ui");
  window.SwaggerUIBundle({
    url: place.dataset.schema,
    dom_id: "#swagger-ui",
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
    requestInterceptor(request) {
      // Sessions open no API; without cookies nobody can be surprised by one.
      request.credentials = "omit";
      return request;
    },
  });
})();
