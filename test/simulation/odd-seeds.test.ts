// Simulated lives of an installation under virtual time: the odd seeds.

import { simulate } from "./seeds.ts";

simulate("odd");
