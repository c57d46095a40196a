// The page at `/sign-in`, and at `/sign-in/password#secret`, where a link sets a password.

import "./styles/index.css";
import { signInScreen, type SignInViewModel } from "./sign-in/screen";
import { ownerOfLink, setPassword, signIn } from "./shared/session";

const root = document.querySelector<HTMLElement>("#app");
if (!root) throw new Error("sign-in.html has no element #app.");
const page: HTMLElement = root;

const secret = location.pathname === "/sign-in/password" ? location.hash.slice(1) : undefined;
if (secret === undefined) show({ email: "", isNew: false }, signIn);
else void byLink(secret);

async function byLink(link: string): Promise<void> {
  try {
    const email = await ownerOfLink(link);
    show({ email, isNew: true }, (_, password) => setPassword(link, password));
  } catch (error) {
    show({ email: "", isNew: false, problem: textOf(error) }, signIn);
  }
}

function show(first: Omit<SignInViewModel, "submit">, act: (email: string, password: string) => Promise<void>): void {
  const view = signInScreen({ ...first, submit });
  view.update({ ...first, submit });
  page.replaceChildren(view.element);

  function submit(email: string, password: string): void {
    view.update({ ...first, problem: undefined, submit: undefined });
    act(email, password).then(
      () => location.assign("/"),
      (error: unknown) => view.update({ ...first, problem: textOf(error), submit }),
    );
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
