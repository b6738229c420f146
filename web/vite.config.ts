import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Where a server runs while one works on the page: `scout view --port 7576`, then `npm run dev`.
const SERVER = process.env.SCOUT_SERVER ?? "http://127.0.0.1:7576";

export default defineConfig({
  // The page is served at any path, by the editor, and from disk.
  base: "./",
  plugins: [
    tanstackRouter({
      target: "react",
      routesDirectory: "src/app/routes",
      generatedRouteTree: "src/app/route-tree.gen.ts",
      autoCodeSplitting: true,
    }),
    react({ jsxImportSource: "#text" }),
  ],
  build: {
    outDir: process.env.SCOUT_PAGE_DIR ?? "../src/inspect_scout/_view/dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
  },
  server: { proxy: { "/api": { target: SERVER, changeOrigin: true } } },
});
