import { useState, type FormEvent } from "react";
import { newUser, type Person } from "./person";

/** Asks for a name and a meeting's link. */
export function JoinForm({ title, children, onJoin }: { title: string; children: string; onJoin: (person: Person) => void }) {
  const [problem, setProblem] = useState("");

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const answers = new FormData(event.currentTarget);
    try {
      onJoin({ ...(await newUser(String(answers.get("name")))), meetingLink: String(answers.get("link")) });
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
          <label htmlFor="name">Your name</label>
          <input id="name" name="name" defaultValue="Customer" autoComplete="name" required />
          <label htmlFor="link">Meeting link</label>
          <input id="link" name="link" autoComplete="off" spellCheck={false} required />
          <div className="buttons">
            <button className="primary">Continue</button>
          </div>
          <p role="status">{problem}</p>
        </form>
      </main>
    </>
  );
}
