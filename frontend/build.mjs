// Bundles charts.js into src/zhanggui/web/static/vendor and writes VENDOR.md beside it.
// Usage, in this folder:  npm install --no-package-lock && npm run build
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "src", "zhanggui", "web", "static", "vendor");
const file = "echarts.custom.min.js";
const read = (name) => JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));

await build({
  entryPoints: [join(here, "charts.js")],
  outfile: join(target, file),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: "/*! Apache ECharts (Apache-2.0) with zrender (BSD-3-Clause) and tslib (0BSD); see VENDOR.md */" },
});

const bytes = readFileSync(join(target, file));
const sha256 = createHash("sha256").update(bytes).digest("hex");
const rows = ["echarts", "zrender", "tslib"].map((name) => {
  const about = read(name);
  return `| ${name} | ${about.version} | ${about.license} |`;
});
writeFileSync(
  join(target, "VENDOR.md"),
  `# Vendored front-end files

Built from the npm packages below by \`frontend/build.mjs\`; nothing is loaded from another host.

| package | version | licence |
|---|---|---|
${rows.join("\n")}

| file | bytes | gzipped | sha256 |
|---|---|---|---|
| ${file} | ${bytes.length} | ${gzipSync(bytes, { level: 9 }).length} | ${sha256} |

The licences' texts are in LICENSES.txt beside this file.
`,
);
const texts = ["echarts", "zrender", "tslib"].flatMap((name) => {
  const folder = join(here, "node_modules", name);
  const found = readdirSync(folder).filter((file) => /^(LICEN[CS]E|NOTICE)(\.txt|\.md)?$/i.test(file));
  if (!found.some((file) => /^LICEN/i.test(file))) throw new Error(`${name} has no licence file`);
  return found.sort().map((file) => `==== ${name}: ${file} ====\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`);
});
writeFileSync(join(target, "LICENSES.txt"), texts.join("\n"));
console.log(`${file}: ${bytes.length} bytes, sha256 ${sha256}`);
