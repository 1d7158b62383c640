/** Type of the component that has the resources of one service below it, as the stack's state has it. */
export const SERVICE_TYPE = "aoshingo:service:Service";
