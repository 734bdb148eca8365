# Sourced by ./dev: a Python for the evaluation, which belongs to the training of the generators.

PYTHON_MODULES="cv2, numpy, onnx"
PYTHON_PACKAGES="python3-opencv python3-numpy python3-onnx"

# The first Python that has the modules: $PYTHON, the one on the PATH, or the system's, for which packages are.
find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3; do
    if "$candidate" -c "import $PYTHON_MODULES" >/dev/null 2>&1; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}

# Sets PYTHON.
need_python() {
  local found
  if ! found=$(find_python); then
    # shellcheck disable=SC2086
    with_lock "$CACHE/packages.lock" need_packages $PYTHON_PACKAGES
    found=$(find_python) || die "no Python has the modules $PYTHON_MODULES, even after installing $PYTHON_PACKAGES"
  fi
  PYTHON=$found
}
