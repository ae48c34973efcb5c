// What the program's exit status says (sysexits(3) where it has a number for it).
#pragma once

namespace mailkeep::server::exit_code {

inline constexpr int ok = 0;
inline constexpr int failed = 1;              // some of what was asked for could not be done
inline constexpr int usage = 64;              // the command line is wrong
inline constexpr int no_user = 67;            // mail for somebody who is not here
inline constexpr int unavailable = 69;        // the server cannot start: a port is taken, ...
inline constexpr int internal = 70;           // a defect of the program
inline constexpr int cannot_create = 73;      // mail that an account does not take
inline constexpr int temporary_failure = 75;  // mail that should be tried again
inline constexpr int no_permission = 77;
inline constexpr int config = 78;  // the configuration is wrong

}  // namespace mailkeep::server::exit_code
