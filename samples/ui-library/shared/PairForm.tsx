import { useState, type FormEvent } from "react";
import { beFindable, type Findable, type Pair } from "./pair";

/** Asks for a name; then tells the id by which others find this person, and takes somebody else's id and name. */
export function PairForm({ title, children, onFound }: { title: string; children: string; onFound: (pair: Pair) => void }) {
  const [me, setMe] = useState<Findable>();
  const [problem, setProblem] = useState("");

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const answers = new FormData(event.currentTarget);
    try {
      if (me) return onFound(await me.find(String(answers.get("other")).trim(), String(answers.get("otherName"))));
      const findable = await beFindable(String(answers.get("name")));
      setMe(findable);
      onFound(await findable.found);
    } catch (error) {
      setProblem(String(error));
    }
  };

  return (
    <>
      <header>
        <a href="../">All pages</a>
      </header>
      <main className="join">
        <h1>{title}</h1>
        <p>{children}</p>
        <form className="controls" onSubmit={(event) => void submit(event)}>
          {me ? (
            <>
              <label htmlFor="own">Your id, for the other one</label>
              <input id="own" readOnly value={me.id} />
              <label htmlFor="other">The other one’s id</label>
              <input id="other" name="other" autoComplete="off" spellCheck={false} required />
              <label htmlFor="otherName">The other one’s name</label>
              <input id="otherName" name="otherName" autoComplete="off" required />
            </>
          ) : (
            <>
              <label htmlFor="name">Your name</label>
              <input id="name" name="name" defaultValue="Customer" autoComplete="name" required />
            </>
          )}
          <div className="buttons">
            <button className="primary">{me ? "Start" : "Continue"}</button>
          </div>
          <p role="status">{problem || (me ? "One of you gives the other’s id and starts; then both are there." : "")}</p>
        </form>
      </main>
    </>
  );
}
