// German: plain and polite ("Sie"), in the terms that people know from other meeting software. Has every word that English has; the types see to it.

import type { Words } from "../speaking";
import { chat } from "./chat";
import { common } from "./common";
import { faults } from "./faults";
import { home } from "./home";
import { joining } from "./joining";
import { meeting } from "./meeting";
import { options } from "./options";
import { panel } from "./panel";
import { people } from "./people";
import { quality } from "./quality";
import { ringing } from "./ringing";
import { screen } from "./screen";
import { signIn } from "./sign-in";

export const german: Words = { common, faults, home, signIn, joining, meeting, screen, panel, people, chat, options, quality, ringing };
