import base from "./playwright.config.ts";
export default { ...base, workers: 1, timeout: 240000, expect: { timeout: 60000 } };
