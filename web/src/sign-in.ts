// The page at `/sign-in`, and at `/sign-in/password#secret`, where a link sets a password. What went wrong at the organization's
// provider the server writes into this page.

import "./styles/index.css";
import { signInScreen, type SignInViewModel } from "./sign-in/screen";
import { setPageTitle } from "./shared/page-title";
import { beginToSpeak, carryOver } from "./shared/language";
import { ownerOfLink, providerPage, readSession, returnOf, setPassword, signIn } from "./shared/session";
import { signInWords } from "./shared/strings/sign-in";
import { language } from "./shared/strings/speaking";
import { toldOf, type Told } from "./shared/strings/telling";

const root = document.querySelector<HTMLElement>("#app");
if (!root) throw new Error("sign-in.html has no element #app.");
const page: HTMLElement = root;

const returnTo = returnOf(location.search);
const secret = location.pathname === "/sign-in/password" ? location.hash.slice(1) : undefined;
const title = (): string => signInWords().title;

await beginToSpeak(title);
if (secret === undefined) signInBy(problemOfProvider());
else void byLink(secret);

async function byLink(link: string): Promise<void> {
  try {
    const email = await ownerOfLink(link);
    show({ email, isNew: true }, undefined, (_, password) => setPassword(link, password));
  } catch (error) {
    signInBy(() => toldOf(error));
  }
}

/** By a password, or by the provider if there is one. */
function signInBy(problem: Problem): void {
  const update = show({ email: "", isNew: false }, problem, signIn);
  readSession().then(
    ({ provider }) => update(provider ? { label: provider.label, href: providerPage(returnTo) } : undefined),
    (error: unknown) => update(undefined, () => toldOf(error)),
  );
}

/** Said anew in each language. */
type Problem = (() => Told) | undefined;

/** The server's sentence is English. */
function problemOfProvider(): Problem {
  const sentence = document.querySelector<HTMLMetaElement>('meta[name="convene-problem"]')?.content;
  return sentence === undefined ? undefined : () => (language() === "en" ? { text: sentence } : { text: signInWords().providerFailed, english: sentence });
}

type Update = (provider: SignInViewModel["provider"], problem?: Problem) => void;

function show(first: Pick<SignInViewModel, "email" | "isNew">, problem: Problem, act: (email: string, password: string) => Promise<void>): Update {
  let state: Pick<SignInViewModel, "provider" | "submit"> = { provider: undefined, submit };
  const viewModel = (): SignInViewModel => ({ ...first, ...state, problem: problem?.(), spokeAnew });
  let view = signInScreen(viewModel());
  change({});
  page.replaceChildren(view.element);
  return (provider, told) => {
    problem = told ?? problem;
    change({ provider });
  };

  function change(changed: Partial<typeof state>): void {
    state = { ...state, ...changed };
    view.update(viewModel());
  }

  function spokeAnew(): void {
    const former = view;
    view = signInScreen(viewModel());
    change({});
    carryOver(former.element, view.element);
    page.replaceChildren(view.element);
    setPageTitle(title());
  }

  function submit(email: string, password: string): void {
    problem = undefined;
    change({ submit: undefined });
    act(email, password).then(
      () => location.assign(returnTo),
      (error: unknown) => {
        problem = () => toldOf(error);
        change({ submit });
      },
    );
  }
}
