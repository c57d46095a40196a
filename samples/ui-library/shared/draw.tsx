import { useState, type ComponentType, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { registerFluentIcons } from "./icons";

/** Shows a form first, and then what its answers are for. */
export function draw<Answers extends object>(Then: ComponentType<Answers>, first: (onReady: (answers: Answers) => void) => ReactNode): void {
  const root = document.getElementById("root");
  if (!root) throw new Error("The page has no place for the app: an element with the id root.");
  const App = () => {
    const [answers, setAnswers] = useState<Answers>();
    if (!answers) return first(setAnswers);
    root.className = "in-meeting";
    return <Then {...answers} />;
  };
  registerFluentIcons();
  createRoot(root).render(<App />);
}
