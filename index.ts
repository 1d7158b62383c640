import { wholeProgram } from "./components/program/whole-program";

export = wholeProgram;
