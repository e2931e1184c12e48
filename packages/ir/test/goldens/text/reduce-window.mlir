// command: interpret
// A prefix sum, the same from the other end, windows with strides and dilation, two inputs at once, a product of integers.
func.func @main() -> (tensor<4xf32>, tensor<4xf32>, tensor<2x2xi32>, tensor<3xf32>, tensor<3xi32>, tensor<2x3xi8>) {
  %x = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = "stablehlo.reduce_window"(%x, %zero) <{padding = dense<[[3, 0]]> : tensor<1x2xi64>, window_dimensions = array<i64: 4>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %s = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %s : tensor<f32>
  }) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = "stablehlo.reduce_window"(%x, %zero) <{padding = dense<[[0, 3]]> : tensor<1x2xi64>, window_dimensions = array<i64: 4>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %s = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %s : tensor<f32>
  }) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %m = stablehlo.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi32>
  %none = stablehlo.constant dense<0> : tensor<i32>
  %2 = "stablehlo.reduce_window"(%m, %none) <{base_dilations = array<i64: 2, 1>, padding = dense<[[2, 1], [0, 0]]> : tensor<2x2xi64>, window_dilations = array<i64: 3, 1>, window_dimensions = array<i64: 2, 1>, window_strides = array<i64: 4, 1>}> ({
  ^bb0(%a: tensor<i32>, %b: tensor<i32>):
    %s = stablehlo.add %a, %b : tensor<i32>
    stablehlo.return %s : tensor<i32>
  }) : (tensor<3x2xi32>, tensor<i32>) -> tensor<2x2xi32>
  %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %index = stablehlo.iota dim = 0 : tensor<4xi32>
  %3:2 = "stablehlo.reduce_window"(%x, %index, %low, %none) <{window_dimensions = array<i64: 2>}> ({
  ^bb0(%a: tensor<f32>, %i: tensor<i32>, %b: tensor<f32>, %j: tensor<i32>):
    %first = stablehlo.compare GT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %v = stablehlo.select %first, %a, %b : tensor<i1>, tensor<f32>
    %k = stablehlo.select %first, %i, %j : tensor<i1>, tensor<i32>
    stablehlo.return %v, %k : tensor<f32>, tensor<i32>
  }) : (tensor<4xf32>, tensor<4xi32>, tensor<f32>, tensor<i32>) -> (tensor<3xf32>, tensor<3xi32>)
  %p = stablehlo.constant dense<[[2, 3, 50], [-1, 7, 1]]> : tensor<2x3xi8>
  %one = stablehlo.constant dense<1> : tensor<i8>
  %4 = "stablehlo.reduce_window"(%p, %one) <{padding = dense<[[0, 0], [2, 0]]> : tensor<2x2xi64>, window_dimensions = array<i64: 1, 3>}> ({
  ^bb0(%a: tensor<i8>, %b: tensor<i8>):
    %s = stablehlo.multiply %a, %b : tensor<i8>
    stablehlo.return %s : tensor<i8>
  }) : (tensor<2x3xi8>, tensor<i8>) -> tensor<2x3xi8>
  return %0, %1, %2, %3#0, %3#1, %4 : tensor<4xf32>, tensor<4xf32>, tensor<2x2xi32>, tensor<3xf32>, tensor<3xi32>, tensor<2x3xi8>
}
// expected:
dense<[1.0, 3.0, 6.0, 10.0]> : tensor<4xf32>
dense<[10.0, 9.0, 7.0, 4.0]> : tensor<4xf32>
dense<[[0, 0], [3, 4]]> : tensor<2x2xi32>
dense<[2.0, 3.0, 4.0]> : tensor<3xf32>
dense<[1, 2, 3]> : tensor<3xi32>
dense<[[2, 6, 44], [-1, -7, -7]]> : tensor<2x3xi8>
