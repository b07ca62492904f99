/** Environment variable with the socket of a language server: a batch of notebooks sets it, their kernels connect to it. */
export const LANGUAGE_SERVER_VARIABLE = "DNN_LAB_LANGUAGE_SERVER";
