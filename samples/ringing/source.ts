import source from "./client.ts?raw";
import { showSource } from "../shared/show-source";

showSource(source, "startCall");
