// Before anything of Fluent runs: it would ask Microsoft's servers for its fonts. Without them, the system's own are taken.
window.FabricConfig = { fontBaseUrl: "" };
