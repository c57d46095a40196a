export { COMPONENT_LOCALE_DE_DE } from "@azure/communication-react";
