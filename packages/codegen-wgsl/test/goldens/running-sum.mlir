// target: hardware
// dispatches: 1
module @running_sum {
  func.func public @main(%x: tensor<20x100xf32>) -> tensor<20x100xf32> {
    %cst = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = "stablehlo.reduce_window"(%x, %cst) <{padding = dense<[[0, 0], [99, 0]]> : tensor<2x2xi64>, window_dimensions = array<i64: 1, 100>}> ({
    ^bb0(%arg1: tensor<f32>, %arg2: tensor<f32>):
      %1 = stablehlo.add %arg1, %arg2 : tensor<f32>
      stablehlo.return %1 : tensor<f32>
    }) : (tensor<20x100xf32>, tensor<f32>) -> tensor<20x100xf32>
    return %0 : tensor<20x100xf32>
  }
}
