#include "cli/progress_bar.h"

#include <unistd.h>

#include <cstdio>

namespace brushwork {

ProgressBar::ProgressBar() : is_terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (is_terminal_ && shown_percent_ >= 0) std::fputs("\r\033[K", stderr);
}

void ProgressBar::Show(double fraction, const std::string& label) {
  const int percent = static_cast<int>(fraction * 100.0);
  if (!is_terminal_ || percent == shown_percent_) return;
  shown_percent_ = percent;
  constexpr int kWidth = 40;
  const int filled = percent * kWidth / 100;
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  std::fprintf(stderr, "\r%s [%s] %3d %%\033[K", label.c_str(), bar.c_str(), percent);
  std::fflush(stderr);
}

}  // namespace brushwork
