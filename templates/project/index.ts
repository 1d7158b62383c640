import program from "aoshingo";

export = program;
