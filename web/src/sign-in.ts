// The page at `/sign-in`, and at `/sign-in/password#secret`, where a link sets a password. What went wrong at the organization's
// provider the server writes into this page.

import "./styles/index.css";
import { signInScreen, type SignInViewModel } from "./sign-in/screen";
import { ownerOfLink, providerPage, readSession, returnOf, setPassword, signIn } from "./shared/session";

const root = document.querySelector<HTMLElement>("#app");
if (!root) throw new Error("sign-in.html has no element #app.");
const page: HTMLElement = root;

const returnTo = returnOf(location.search);
const secret = location.pathname === "/sign-in/password" ? location.hash.slice(1) : undefined;
if (secret === undefined) signInBy(problemOfProvider());
else void byLink(secret);

async function byLink(link: string): Promise<void> {
  try {
    const email = await ownerOfLink(link);
    show({ email, isNew: true }, (_, password) => setPassword(link, password));
  } catch (error) {
    signInBy(textOf(error));
  }
}

/** By a password, or by the provider if there is one. */
function signInBy(problem: string | undefined): void {
  const first = { email: "", isNew: false, problem };
  const update = show(first, signIn);
  readSession().then(
    ({ provider }) => update(provider ? { label: provider.label, href: providerPage(returnTo) } : undefined),
    (error: unknown) => update(undefined, textOf(error)),
  );
}

function problemOfProvider(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[name="convene-problem"]')?.content;
}

type Update = (provider: SignInViewModel["provider"], problem?: string) => void;

function show(first: Omit<SignInViewModel, "submit" | "provider">, act: (email: string, password: string) => Promise<void>): Update {
  let state: SignInViewModel = { ...first, provider: undefined, submit };
  const view = signInScreen(state);
  change({});
  page.replaceChildren(view.element);
  return (provider, problem) => change({ provider, ...(problem !== undefined && { problem }) });

  function change(changed: Partial<SignInViewModel>): void {
    state = { ...state, ...changed };
    view.update(state);
  }

  function submit(email: string, password: string): void {
    change({ problem: undefined, submit: undefined });
    act(email, password).then(
      () => location.assign(returnTo),
      (error: unknown) => change({ problem: textOf(error), submit }),
    );
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
