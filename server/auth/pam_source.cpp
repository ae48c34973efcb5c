#include "server/auth/pam_source.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#include <security/pam_appl.h>

#include "protocol/sasl/secret.h"

namespace mailkeep::server {

namespace {

// Answers every question that is not to be shown with the password. The library frees the answers.
int converse(int count, const pam_message** messages, pam_response** responses, void* data) {
  if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
  auto* answers = static_cast<pam_response*>(
      std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  if (answers == nullptr) return PAM_BUF_ERR;
  for (int i = 0; i < count; ++i) {
    if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF) {
      answers[i].resp = ::strdup(static_cast<const std::string*>(data)->c_str());
    }
  }
  *responses = answers;
  return PAM_SUCCESS;
}

// The server waits itself before it answers, and not on one of its threads.
void wait_not(int, unsigned, void*) {}

LoginSource::Answer answer_of(int result) {
  switch (result) {
    case PAM_SUCCESS:
      return LoginSource::Answer::right;
    case PAM_USER_UNKNOWN:
      return LoginSource::Answer::unknown;
    case PAM_AUTH_ERR:
    case PAM_PERM_DENIED:
    case PAM_MAXTRIES:
    case PAM_ACCT_EXPIRED:
    case PAM_NEW_AUTHTOK_REQD:
    case PAM_CRED_INSUFFICIENT:
    case PAM_SYSTEM_ERR:  // pam_exec's word for a program that says no
      return LoginSource::Answer::wrong;
    default:
      return LoginSource::Answer::unavailable;
  }
}

}  // namespace

PamSource::PamSource(std::string service, std::filesystem::path folder)
    : service_(std::move(service)), folder_(std::move(folder)) {}

LoginSource::Answer PamSource::check(const std::string& name, std::string_view password,
                                     std::string_view peer, std::string& detail) {
  std::string secret(password);
  const sasl::CleanseAtExit wipe(secret);
  if (secret.find('\0') != std::string::npos) return Answer::wrong;
  const pam_conv conversation{&converse, &secret};
  pam_handle_t* handle = nullptr;
  int result = pam_start_confdir(service_.c_str(), name.c_str(), &conversation,
                                 folder_.empty() ? nullptr : folder_.c_str(), &handle);
  if (result == PAM_SUCCESS) {
    pam_set_item(handle, PAM_FAIL_DELAY, reinterpret_cast<const void*>(&wait_not));
    if (!peer.empty()) pam_set_item(handle, PAM_RHOST, std::string(peer).c_str());
    result = pam_authenticate(handle, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (result == PAM_SUCCESS) result = pam_acct_mgmt(handle, PAM_SILENT);
  }
  const Answer answer = answer_of(result);
  if (answer != Answer::right) detail = std::string("pam: ") + pam_strerror(handle, result);
  if (handle != nullptr) pam_end(handle, result);
  return answer;
}

}  // namespace mailkeep::server
