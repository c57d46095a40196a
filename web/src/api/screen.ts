// The REST APIs: each operation with what it takes and answers, folded until somebody wants to know.

import { h, type Child } from "../shared/dom";
import { byTag, resolve, typeText, type ApiDocument, type Content, type Parameter, type Schema, type Served } from "./document";

/** Deeper nesting is named, not shown. */
const DEPTH_MAX = 4;

/** Shows the document. */
export function apiScreen(document: ApiDocument): HTMLElement {
  const groups = [...byTag(document)].map(([tag, served]) => group(document, tag, served));
  const ways = Object.entries(document.components?.securitySchemes ?? {}).flatMap(([name, way]) => [
    h("dt", {}, h("code", {}, name)),
    h("dd", {}, ...marked(way.description ?? "An access token: Authorization: Bearer <token>.")),
  ]);
  return h(
    "main",
    { class: "page api" },
    h("header", { class: "api-header" }, h("h1", {}, `${document.info.title} REST APIs`), h("p", { class: "lead" }, document.info.description ?? ""), h("p", {}, "Version ", document.info.version, " · ", h("a", { href: "/openapi.json" }, "openapi.json"), " · ", h("a", { href: "/" }, "Home"))),
    h("section", { class: "api-ways" }, h("h2", {}, "Who asks"), h("dl", {}, ...ways)),
    ...groups,
  );
}

function group(document: ApiDocument, tag: string, served: readonly Served[]): HTMLElement {
  return h("section", {}, h("h2", {}, tag), ...served.map((one) => operation(document, one)));
}

function operation(document: ApiDocument, { method, path, operation: it }: Served): HTMLElement {
  const ways = (it.security ?? []).flatMap((way) => Object.keys(way));
  const answers = Object.entries(it.responses).map(([status, answer]) =>
    h("section", { class: "api-answer" }, h("h4", {}, h("code", {}, status), ` ${answer.description}`), bodies(document, answer.content)),
  );
  return h(
    "details",
    { class: "api-operation", id: it.operationId },
    h("summary", {}, h("span", { class: "api-method", "data-method": method }, method), h("code", { class: "api-path" }, path), h("span", { class: "api-summary" }, it.summary ?? "")),
    it.description ? h("p", {}, ...marked(it.description)) : undefined,
    h("p", { class: "hint" }, ways.length > 0 ? `Needs ${ways.join(" or ")}.` : "Anybody may ask."),
    it.parameters && it.parameters.length > 0 ? h("div", {}, h("h3", {}, "Parameters"), parameters(it.parameters)) : undefined,
    it.requestBody ? h("div", {}, h("h3", {}, "Body"), bodies(document, it.requestBody.content)) : undefined,
    h("h3", {}, "Answers"),
    ...answers,
  );
}

function parameters(list: readonly Parameter[]): HTMLElement {
  return table(list.map((one) => ({ name: one.name, type: `${typeText(one.schema)}, in the ${one.in}`, required: one.required === true, text: one.description })));
}

function bodies(document: ApiDocument, content: Content | undefined): HTMLElement | undefined {
  if (!content) return undefined;
  const parts = Object.entries(content).map(([mediaType, { schema }]) =>
    h("div", {}, h("p", { class: "hint" }, mediaType, schema?.$ref ? `: ${typeText(schema)}` : ""), schema ? shape(document, schema, 0) : undefined),
  );
  return h("div", { class: "api-body" }, ...parts);
}

function shape(document: ApiDocument, schema: Schema, depth: number): HTMLElement | undefined {
  const inner = nested(document, schema);
  const properties = inner?.properties;
  if (!inner || !properties || depth > DEPTH_MAX) return undefined;
  const required = new Set(inner.required ?? []);
  const rows = Object.entries(properties).map(([name, property]) => ({
    name,
    type: typeText(property),
    required: required.has(name),
    text: property.description,
    inner: shape(document, property, depth + 1),
  }));
  return table(rows);
}

/** What has properties: the schema itself, what it names, what a list is of, or the one choice that is not null. */
function nested(document: ApiDocument, schema: Schema): Schema | undefined {
  const it = resolve(document, schema);
  if (it.properties) return it;
  if (it.items) return nested(document, it.items);
  const choice = (it.oneOf ?? it.anyOf ?? it.allOf)?.find((one) => one.type !== "null");
  return choice ? nested(document, choice) : undefined;
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly text: string | undefined;
  readonly inner?: HTMLElement | undefined;
}

function table(rows: readonly Row[]): HTMLElement {
  const terms = rows.flatMap(({ name, type, required, text, inner }) => [
    h("dt", {}, h("code", {}, name), h("span", { class: "hint" }, ` ${type}${required ? "" : ", may be left out"}`)),
    h("dd", {}, ...(text ? marked(text) : []), inner),
  ]);
  return h("dl", { class: "api-shape" }, ...terms);
}

/** Text in which `code` is set as such. */
function marked(text: string): Child[] {
  return text.split("`").map((part, at) => (at % 2 === 1 ? h("code", {}, part) : part));
}
