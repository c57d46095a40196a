/** An app's project with the SDK installed. */
export interface Project {
  /** The app's folder. */
  readonly app: string;
  readonly packed: { readonly tarball: string; readonly files: readonly string[]; readonly version: string };
  remove(): Promise<void>;
}

export declare const ways: Readonly<Record<string, unknown>>;
export declare function makeProject(dependencies?: Readonly<Record<string, string>>): Promise<Project>;
export declare function buildSample(way: string, project: Project, server: string): Promise<string>;
