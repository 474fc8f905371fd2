// Simulated lives of an installation under virtual time: the even seeds.

import { simulate } from "./seeds.ts";

simulate("even");
