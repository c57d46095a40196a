// The part of OpenAPI 3.1 that the server's document uses (crates/server/src/http/described.rs).

/** A type; `$ref` names one of the document's own. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
}

/** What a body is made of, by its media type. */
export type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

/** What one method does at one path. */
export interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content; readonly required?: boolean };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** What stands in the path, the query or a header. */
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

/** The whole. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, Schema>>;
    readonly securitySchemes?: Readonly<Record<string, { readonly description?: string; readonly type: string; readonly scheme?: string }>>;
  };
}

/** An operation, with where it is. */
export interface Served {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The operations by their tag, in the order of the document. */
export function byTag(document: ApiDocument): ReadonlyMap<string, readonly Served[]> {
  const groups = new Map<string, Served[]>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const tag = operation.tags?.[0] ?? "Others";
      groups.set(tag, [...(groups.get(tag) ?? []), { method: method.toUpperCase(), path, operation }]);
    }
  }
  return groups;
}

/** The schema itself, if this only names it. */
export function resolve(document: ApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.replace("#/components/schemas/", "");
  return name === undefined ? schema : (document.components?.schemas?.[name] ?? {});
}

/** A type in a few words: `AccessToken`, `list of string`, `integer, 60 to 1440, or null`. */
export function typeText(schema: Schema | undefined): string {
  if (!schema) return "anything";
  if (schema.$ref) return schema.$ref.replace("#/components/schemas/", "");
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices) return choices.map(typeText).sort((a, b) => Number(a === "null") - Number(b === "null")).join(" or ");
  const names = schema.type === undefined ? [] : typeof schema.type === "string" ? [schema.type] : schema.type;
  if (names.length === 1 && names[0] === "null") return "null";
  if (names.includes("array")) return withNull(`list of ${typeText(schema.items)}`, names);
  const plain = names.filter((name) => name !== "null").join(" or ") || "anything";
  const values = schema.enum ? `: ${schema.enum.map((value) => JSON.stringify(value)).join(", ")}` : "";
  const range = schema.minimum !== undefined && schema.maximum !== undefined ? `, ${schema.minimum} to ${schema.maximum}` : "";
  return withNull(`${plain}${values}${range}`, names);
}

function withNull(text: string, names: readonly string[]): string {
  return names.includes("null") ? `${text} or null` : text;
}
