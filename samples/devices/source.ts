import source from "./client.ts?raw";
import { proposeGroupId } from "../shared/group-id";
import { showSource } from "../shared/show-source";

proposeGroupId();
showSource(source, "askDevicePermission(");
