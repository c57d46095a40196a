import { useState, type ComponentType } from "react";
import { createRoot } from "react-dom/client";
import { registerFluentIcons } from "./icons";
import { JoinForm } from "./JoinForm";
import type { Person } from "./person";

/** Shows the form first, and then the meeting. */
export function show(title: string, explanation: string, Meeting: ComponentType<Person>): void {
  const root = document.getElementById("root");
  if (!root) throw new Error("The page has no place for the app: an element with the id root.");
  const App = () => {
    const [person, setPerson] = useState<Person>();
    if (!person) return <JoinForm title={title} onJoin={setPerson}>{explanation}</JoinForm>;
    root.className = "in-meeting";
    return <Meeting {...person} />;
  };
  registerFluentIcons();
  createRoot(root).render(<App />);
}
