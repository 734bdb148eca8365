// A progress bar on a terminal; nothing where the output is not one.
#pragma once

#include <string>

namespace brushwork {

class ProgressBar {
 public:
  ProgressBar();   // on standard error
  ~ProgressBar();  // leaves the line clean

  // `fraction` from 0 to 1.
  void Show(double fraction, const std::string& label);

 private:
  bool is_terminal_ = false;
  int shown_percent_ = -1;
};

}  // namespace brushwork
