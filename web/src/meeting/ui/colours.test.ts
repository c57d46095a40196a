import { describe, expect, it } from "vitest";
import css from "../../styles/base.css?raw";
import { DARK, LIGHT } from "./colours";

describe("the colours of the library's theme", () => {
  it.each(Object.keys(LIGHT) as (keyof typeof LIGHT)[])("are those of the style sheet: %s", (name) => {
    const [, light, dark] = new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\);`).exec(css) ?? [];
    expect([LIGHT[name], DARK[name]]).toEqual([light, dark]);
  });
});
