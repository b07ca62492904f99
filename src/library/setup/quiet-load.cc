// TensorFlow's library greets on standard error while it is being loaded, before any log level is looked at. This
// addon lets the caller hold back what is written to file descriptor 2 meanwhile, and look at it.
//
//   capture(action: () => void): string   runs `action`, returns what came on descriptor 2; rethrows what it throws
#include <cstdio>
#include <string>
#include <unistd.h>

#include "node_api.h"

namespace {

std::string ReadAll(FILE* file) {
  std::string text;
  char buffer[4096];
  std::rewind(file);
  for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
  return text;
}

napi_value Capture(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value action, undefined, text;
  napi_get_cb_info(env, info, &count, &action, nullptr, nullptr);
  napi_get_undefined(env, &undefined);

  FILE* held = std::tmpfile();
  const int original = held ? dup(STDERR_FILENO) : -1;
  if (original >= 0) dup2(fileno(held), STDERR_FILENO);
  napi_call_function(env, undefined, action, 0, nullptr, nullptr);  // an exception stays pending and reaches the caller
  if (original >= 0) {
    dup2(original, STDERR_FILENO);
    close(original);
  }
  const std::string written = original >= 0 ? ReadAll(held) : "";
  if (held) std::fclose(held);
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) return nullptr;
  napi_create_string_utf8(env, written.data(), written.size(), &text);
  return text;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "capture", NAPI_AUTO_LENGTH, Capture, nullptr, &function);
  napi_set_named_property(env, exports, "capture", function);
  return exports;
}
