# SPDX-License-Identifier: MIT
# The application of Puma.
class Body
  def initialize(seconds)
    @seconds = seconds
  end

  def each
    yield "begin\n"
    sleep @seconds
    yield "end\n"
  end
end

run ->(environment) { [200, {}, Body.new(environment['PATH_INFO'] == '/slow' ? 2 : 0)] }
