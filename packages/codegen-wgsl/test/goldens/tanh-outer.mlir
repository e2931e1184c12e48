// target: hardware
// dispatches: 1
module @tanh_outer {
  func.func public @main(%a: tensor<300x1xf32>, %b: tensor<1x400xf32>) -> tensor<300x400xf32> {
    %0 = stablehlo.broadcast_in_dim %a, dims = [0, 1] : (tensor<300x1xf32>) -> tensor<300x400xf32>
    %1 = stablehlo.broadcast_in_dim %b, dims = [0, 1] : (tensor<1x400xf32>) -> tensor<300x400xf32>
    %2 = stablehlo.add %0, %1 : tensor<300x400xf32>
    %3 = stablehlo.tanh %2 : tensor<300x400xf32>
    return %3 : tensor<300x400xf32>
  }
}
